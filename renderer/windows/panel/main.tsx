import { mount } from '../../app/mount.tsx'
import { Panel } from './panel.tsx'
import './panel.css'

mount(<Panel />)
